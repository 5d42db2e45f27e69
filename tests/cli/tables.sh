# A table is aligned under a header on a terminal and tab-separated without one in a pipe.
. "$(dirname "$0")/../lib.sh"
run 0 aiops config show ui.color ui.output; out_is $'ui.color\tauto\nui.output\ttext'
run 0 env NO_COLOR=1 AIOPS_FORCE_TTY=1 aiops config show ui.color ui.output; out_is $'KEY        VALUE\nui.color   auto\nui.output  text'
run 0 aiops -q config show ui.color; out_is ui.color
run 0 env NO_COLOR=1 AIOPS_FORCE_TTY=1 aiops -o json config show ui.color; out_has '^  "settings": \['
