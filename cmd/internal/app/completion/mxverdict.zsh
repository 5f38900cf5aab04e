#compdef mxverdict
# zsh completion for mxverdict.
_mxverdict() {
	local line name
	local -a found
	while IFS= read -r line; do
		case $line in
		:files) _files ;;
		:folders) _files -/ ;;
		:nothing) ;;
		*)
			name=${line%%$'\t'*}
			found+=("${name//:/\\:}${${line#$name}/$'\t'/:}")
			;;
		esac
	done < <(command mxverdict __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
	(( $#found )) && _describe -V mxverdict found
}
# As a file of a folder in $fpath it is the function itself; sourced it only declares it.
if [[ $funcstack[1] == _mxverdict ]]; then
	_mxverdict "$@"
else
	compdef _mxverdict mxverdict
fi
