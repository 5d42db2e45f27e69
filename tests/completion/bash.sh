# The adaptor of bash offers what the program answers, in a real bash, and evaluates nothing.
. "$(dirname "$0")/lib_shells.sh"
needs bash
shell=bash
common_behaviour
nothing_is_evaluated
