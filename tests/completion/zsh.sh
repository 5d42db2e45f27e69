# The adaptor of zsh offers what the program answers, in a real zsh, and evaluates nothing.
. "$(dirname "$0")/lib_shells.sh"
needs zsh
shell=zsh
common_behaviour
nothing_is_evaluated
