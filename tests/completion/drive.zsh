#!/usr/bin/env zsh
# drive.zsh LINE: the candidates for LINE, one a line, from a real zsh line editor in a pseudo terminal.
emulate -L zsh
zmodload zsh/zpty || exit 3
if [[ $1 == --inside ]]; then  # sourced by the shell in the terminal
  fpath=($COMPLETIONS $fpath)
  autoload -Uz compinit && compinit -u -D
  compadd() {  # print what the real one would match, then do it
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits; builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- "=> "$^hits
    builtin compadd "$@"
  }
  finish() { print -r -- "<<END>>"; exit }
  zle -N finish; bindkey '^M' finish '^J' finish
  print -r -- "<<READY>>"
  return
fi
export TERM=xterm
local line
zpty z zsh -f -i
zpty -w z "source ${(q)0:A} --inside"
while zpty -r z line; do [[ $line == *'<<READY>>'* ]] && break; done
zpty -w -n z "$1"$'\t\n'
while zpty -r z line; do
  line=${${line//$'\r'/}%$'\n'}
  [[ $line == *'<<END>>'* ]] && break
  [[ $line == *'=> '* ]] && print -r -- ${line##*=> }
done
zpty -d z
