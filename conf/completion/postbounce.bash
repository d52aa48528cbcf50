# Completion of postbounce(1) for bash. The program is asked what it knows, so
# this is true of every version.

# What HELP says there is: verbs, or options.
_postbounce_verbs() {
  sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\)\( .*\)\{0,1\}$/\1/p' <<<"$1"
}
_postbounce_options() {
  sed -n 's/^  \(-[^ ]*\).*/\1/p' <<<"$1" | tr , '\n'
}

# _postbounce_values HELP OPTION: the words it takes, one a line; fails if it
# takes none at all.
_postbounce_values() {
  local line
  line=$(grep -E -- "^  (-[a-z],)?$2 +(TEXT|INT|UINT|FLOAT|FILE)" <<<"$1") ||
    return 1
  sed -n 's/^[^{]*{\([^}]*\)}.*/\1/p' <<<"${line%% Excludes:*}" | tr , '\n'
}

_postbounce() {
  local program=$1 word=$2 before=$3 help values i
  local -a verbs=()
  help=$("$program" --help 2>/dev/null) || return
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --config | --socket) ((++i)) ;;
      -*) ;;
      *)
        grep -qxF -- "${COMP_WORDS[i]}" <<<"$(_postbounce_verbs "$help")" ||
          continue
        verbs+=("${COMP_WORDS[i]}")
        help=$("$program" "${verbs[@]}" --help 2>/dev/null) || return
        ;;
    esac
  done
  if [[ $before == -* ]] && values=$(_postbounce_values "$help" "$before"); then
    [[ -n $values ]] || compopt -o default 2>/dev/null
  elif [[ $word == -* ]]; then
    values=$(_postbounce_options "$help")
  else
    values=$(_postbounce_verbs "$help")
    [[ ! $help =~ Usage:[^$'\n']*FILE ]] || compopt -o default 2>/dev/null
  fi
  mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
}

complete -F _postbounce postbounce
