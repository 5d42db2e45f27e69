# The adaptor of bash needs no bash-completion package.
. "$(dirname "$0")/lib_shells.sh"
shell=bare-bash
common_behaviour
nothing_is_evaluated
