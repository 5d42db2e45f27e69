# Trust comes from --key or the user's own folder; never from the model, the current directory or a project file.
. "$(dirname "$0")/../lib.sh"
cd "$t"
mkdir model; printf weights >model/w
aiops key generate -q --out mine --no-passphrase >/dev/null
aiops key generate -q --out other --no-passphrase >/dev/null
aiops sign -q ./model --key mine.key >/dev/null
run 2 aiops verify ./model
err_has 'no key to verify with'
err_has "$XDG_CONFIG_HOME/aiops/trusted"
mkdir -p trusted model/trusted config/aiops
cp mine.pub trusted/; cp mine.pub model/trusted/
run 2 aiops verify ./model
rm -r model/trusted
mkdir -p "$XDG_CONFIG_HOME/aiops/trusted"
cp other.pub "$XDG_CONFIG_HOME/aiops/trusted/"
run 3 aiops verify -o json ./model
err_has '"reason":"untrusted-key"'
cp mine.pub "$XDG_CONFIG_HOME/aiops/trusted/team.pub"
run 0 aiops verify ./model
run 3 aiops verify ./model --key other.pub  # --key is instead of the folder, not beside it
echo broken >"$XDG_CONFIG_HOME/aiops/trusted/zz.pub"
run 1 aiops verify ./model
err_has 'zz.pub: not a PEM key'
run 1 aiops verify ./model --key mine.key
err_has "not of 'PUBLIC KEY'"
