export const SENTENCES = {
  bannerMismatch: "Reverse DNS does not match SMTP Banner",
  tlsMissing: "Warning - Does not support TLS.",
  relay: "May be an open relay.",
  noDmarc: "No DMARC Record found",
} as const;

export function isBad(sentence: string): boolean {
  return Object.values(SENTENCES).some((s) => sentence.includes(s));
}
