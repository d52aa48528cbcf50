# Completion of postbounce(1) for fish. The program is asked what it knows, so
# this is true of every version.

# "name TAB what it is" of the lines of a help in a part, Options or Subcommands.
function __postbounce_part -a part
    string match -v '' -- $argv[2..] | awk -v part="$part:" '
        /^[A-Z][A-Za-z]*:$/ { here = $0 == part; next }
        here && /^  [a-z-]/ {
            count = split($1, names, ",")
            sub(/^ *[^ ]+ */, "")
            for (i = 1; i <= count; ++i) print names[i] "\t" $0
        }'
end

function __postbounce
    set -l words (commandline -opc) (commandline -ct)
    set -l program $words[1]
    set -l word $words[-1]
    set -l before $words[-2]
    set -l chosen
    set -l help ($program --help 2>/dev/null)
    set -l skip no
    for given in $words[2..-2]
        if test $skip = yes
            set skip no
        else if contains -- $given --config --socket
            set skip yes
        else if __postbounce_part Subcommands $help | string match -q -- $given\t'*'
            set -a chosen $given
            set help ($program $chosen --help 2>/dev/null)
        end
    end
    set -l taken (__postbounce_part Options $help |
        string match -r -- '^'(string escape --style=regex -- $before)'\t(?:TEXT|INT|UINT|FLOAT|FILE).*')
    if test -n "$taken"
        set -l values (string match -r -g -- '^[^{]*\{([^}]*)\}' (string replace -r ' Excludes:.*' '' -- $taken))
        if test -n "$values"
            string split , -- $values
        else
            __fish_complete_path $word
        end
    else if string match -q -- '-*' $word
        __postbounce_part Options $help
    else if string match -q Subcommands: $help
        __postbounce_part Subcommands $help
    else if string match -q 'Usage:*FILE*' $help
        __fish_complete_path $word
    end
end

complete -c postbounce -f -a '(__postbounce)'
