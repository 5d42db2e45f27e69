#!/usr/bin/env fish
# drive.fish LINE: the candidates for LINE, one a line, from fish's own engine.
source $COMPLETIONS/aiops.fish
complete --do-complete $argv[1]
