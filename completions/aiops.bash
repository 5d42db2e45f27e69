# bash completion for aiops                                -*- shell-script -*-
# A fixed adaptor: the binary answers (aiops __complete), so this file never goes stale.
# Words travel as an argv, never through eval: TAB must not run the $(...) that is being typed.

# The words up to the cursor, split at blanks only. bash's own COMP_WORDS are split at = and : too.
__aiops_words() {
    local head=${COMP_LINE:0:COMP_POINT} word='' quote='' c i open=''
    words=()
    for ((i = 0; i < ${#head}; i++)); do
        c=${head:i:1}
        case $quote$c in
            [[:blank:]]) [[ $open ]] && words+=("$word"); word='' open=''; continue ;;
            \\|"\"\\") word+=$c${head:i+1:1}; open=1; i=$((i + 1)); continue ;;
            \'|\") quote=$c ;;
            "''"|'""') quote='' ;;
        esac
        word+=$c open=1
    done
    words+=("$word")
}

__aiops_files() {  # CURRENT [SUFFIX...]: directories, and files with one of the suffixes
    local cur=$1 entry suffix
    shift
    compopt -o filenames 2>/dev/null
    cur=${cur#[\"\']}
    while IFS= read -r entry; do
        if [[ -d ${entry/#\~\//$HOME/} ]]; then COMPREPLY+=("$entry"); continue; fi
        for suffix; do [[ $entry == *".$suffix" ]] && COMPREPLY+=("$entry"); done
    done < <(compgen -f -- "$cur")
}

_aiops() {
    local -a words items=()
    local line cur directive=0 i
    COMPREPLY=()
    __aiops_words
    cur=${words[${#words[@]} - 1]}
    [[ $cur == *[\<\>]* || ${#words[@]} -gt 1 && ${words[${#words[@]} - 2]} == *[\<\>] ]] && return  # a redirection takes a file
    while IFS= read -r line; do
        case $line in
            :*) directive=${line#:} ;;
            ?*) items+=("${line%%$'\t'*}") ;;
        esac
    done < <(AIOPS_COMPLETE_PROTO=1 "${words[0]/#\~\//$HOME/}" __complete "${words[@]:1}" 2>/dev/null)

    ((directive & 1)) && { compopt +o default 2>/dev/null; return; }
    [[ $cur == --*=* ]] && cur=${cur#*=}                 # readline completes what follows the =
    if ((directive & 24)); then
        compopt +o default 2>/dev/null
        ((directive & 8)) && __aiops_files "$cur" "${items[@]}"
        ((directive & 16)) && __aiops_files "$cur"
        return
    fi
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 4)) && compopt +o default 2>/dev/null
    for i in "${items[@]}"; do
        if [[ $cur == [\"\']* ]]; then COMPREPLY+=("$i"); else COMPREPLY+=("$(printf %q "$i")"); fi
    done
    # ':' splits words in readline, outside quotes: it keeps what stands before the last one, so only what follows is offered.
    if [[ $COMP_WORDBREAKS == *:* && $cur == [!\"\']*:* ]]; then
        local kept=${cur%"${cur##*:}"}
        COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    fi
}
complete -o default -F _aiops aiops
