# fish completion for aiops. A fixed adaptor: the binary answers (aiops __complete), so this file never goes stale.
# Words travel as an argv, never through eval: TAB must not run the (...) that is being typed.
function __aiops_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l out (AIOPS_COMPLETE_PROTO=1 $words[1] __complete $words[2..-1] "$token" 2>/dev/null)
    set -l directive (string replace ':' '' -- $out[-1])
    set -e out[-1]
    string match -qr '^\d+$' -- "$directive"; or return
    set -l before (string match -r -- '^--[^=]*=' "$token")
    set -l value (string replace -r -- '^--[^=]*=' '' "$token")
    # "$before" is quoted: unset, it would erase every candidate beside it.
    if test (math "bitand($directive, 8)") -ne 0
        set -l wanted '(/|\.('(string join '|' -- $out)'))(\t.*)?$'
        for entry in (__fish_complete_path "$value" | string match -re -- $wanted)
            printf '%s\n' "$before"$entry
        end
    else if test (math "bitand($directive, 16)") -ne 0
        for entry in (__fish_complete_directories "$value")
            printf '%s\n' "$before"$entry
        end
    else if set -q out[1]
        printf '%s\n' "$before"$out
    else if test (math "bitand($directive, 5)") -eq 0
        for entry in (__fish_complete_path "$value")
            printf '%s\n' "$before"$entry
        end
    end
end
complete -c aiops -f -a '(__aiops_complete)'
