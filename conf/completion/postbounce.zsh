#compdef postbounce
# Completion of postbounce(1) for zsh. The program is asked what it knows, so
# this is true of every version.

# _postbounce_read HELP: fills verbs and options with "name:what it is", and
# takes with "name:words" for each option that has a value.
_postbounce_read() {
  local line part name text=
  local -a names
  verbs=() options=() takes=()
  for line in ${(f)1}; do
    if [[ $line == [A-Z]*: ]]; then
      part=$line
    elif [[ $line != '  '[a-z-]* ]]; then
      continue
    elif [[ $part == Subcommands: ]]; then
      name=${${line#  }%% *}
      verbs+=("$name:${${line#  $name}## #}")
    elif [[ $part == Options: ]]; then
      names=(${(s:,:)${${line#  }%% *}})
      text=${${line#  ${(j:,:)names}}## #}
      options+=(${^names}:"$text")
      [[ $text != (TEXT|INT|UINT|FLOAT|FILE)* ]] ||
        takes+=(${^names}:"${${(M)${text%% Excludes:*}:#*\{*\}*}//(*\{|\}*)/}")
    fi
  done
}

_postbounce() {
  setopt local_options extended_glob
  local help word i
  local -a verbs options takes chosen values
  help="$(_call_program verbs $words[1] --help)" || return
  _postbounce_read $help
  for ((i = 2; i < CURRENT; ++i)); do
    word=$words[i]
    if [[ $word == (--config|--socket) ]]; then
      ((++i))
    elif [[ -n ${(M)verbs:#$word:*} ]]; then
      chosen+=($word)
      help="$(_call_program verbs $words[1] $chosen --help)" || return
      _postbounce_read $help
    fi
  done
  word=${(M)takes:#$words[CURRENT-1]:*}
  if [[ -n $word ]]; then
    values=(${(s:,:)word#*:})
    if (($#values)); then _describe value values; else _files; fi
  elif [[ $words[CURRENT] == -* ]]; then
    _describe option options
  elif (($#verbs)); then
    _describe verb verbs
  elif [[ ${(M)${(f)help}:#Usage:*} == *FILE* ]]; then
    _files
  fi
}

[[ $funcstack[1] != _postbounce ]] || _postbounce "$@"
