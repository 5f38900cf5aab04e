# bash completion for mxverdict; bash 3.2, which macOS has, is enough.
_mxverdict() {
	local line word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:files) ;; # the shell's own completion, which is asked for below, knows them best
		:folders)
			while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$word")
			compopt -o filenames 2>/dev/null
			return
			;;
		:nothing)
			compopt +o default 2>/dev/null
			return
			;;
		*) COMPREPLY+=("${line%%$'\t'*}") ;;
		esac
	done < <(command mxverdict __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _mxverdict mxverdict
