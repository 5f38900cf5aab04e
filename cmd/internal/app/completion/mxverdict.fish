# fish completion for mxverdict.
function __mxverdict_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in (command mxverdict __complete $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$word"
            case ':folders'
                __fish_complete_directories "$word"
            case ':nothing'
            case '*'
                echo $line
        end
    end
end
complete -c mxverdict -f -k -a '(__mxverdict_complete)'
