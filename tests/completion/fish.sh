# The adaptor of fish offers what the program answers, in a real fish, and evaluates nothing.
. "$(dirname "$0")/lib_shells.sh"
needs fish
shell=fish
common_behaviour
nothing_is_evaluated
