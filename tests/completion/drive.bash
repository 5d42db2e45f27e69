#!/usr/bin/env bash
# drive.bash LINE: the candidates for LINE, one a line, without a terminal. Splits the line as readline does: at
# blanks, and at = and : into words of their own.
[[ ${NO_BASH_COMPLETION-} ]] || source /usr/share/bash-completion/bash_completion
source "$COMPLETIONS/aiops.bash"
compopt() { printf 'compopt %s\n' "$*" >&2; }  # the builtin refuses to run outside readline
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
COMP_WORDS=() word='' open=''
for ((i = 0; i < ${#COMP_LINE}; i++)); do
  c=${COMP_LINE:i:1}
  case $c in
    ' ') [[ $open ]] && COMP_WORDS+=("$word"); word='' open='' ;;
    [:=]) [[ $word ]] && COMP_WORDS+=("$word"); COMP_WORDS+=("$c"); word='' open='' ;;
    *) word+=$c open=1 ;;
  esac
done
[[ $open || $COMP_LINE == *' ' ]] && COMP_WORDS+=("$word")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
spec=$(complete -p aiops)  # "complete -o default -F _aiops aiops"
fn=${spec##*-F }
fn=${fn%% *}
COMPREPLY=()
"$fn" aiops "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]-}"
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
exit 0
