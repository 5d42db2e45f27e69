# CTest's JUnit report -> one line a test: PASS, FAIL or SKIP, the name, the reason. A GoogleTest program counts as its cases.
function value(line, key) { return match(line, " " key "=\"[^\"]*\"") ? substr(line, RSTART + length(key) + 3, RLENGTH - length(key) - 4) : "" }
function plain(text) { gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "'", text); gsub(/&amp;/, "\\&", text); return text }
function say(verdict, what, why) { printf "%s\t%s%s\t%s\n", verdict, preset == "dev" ? "" : preset ".", what, plain(why) }

/<testcase / { name = value($0, "name"); status = value($0, "status"); reason = ""; counted = 0; seen++ }
/<skipped/ { status = "skipped" }
{ line = $0; sub(/^.*<system-out>/, "", line) }
line ~ /^skipped: / { reason = substr(line, 10); sub(/<\/system-out>.*/, "", reason) }
match(line, /^\[       OK \] /) { split(substr(line, 14), word, " "); say("PASS", name "/" word[1], ""); counted++ }
match(line, /^\[  SKIPPED \] .* ms\)/) { split(substr(line, 14), word, " "); say("SKIP", name "/" word[1], why == "" ? "see the test" : why); counted++; why = "" }
match(line, /^\[  FAILED  \] .* ms\)/) { split(substr(line, 14), word, " "); sub(/,$/, "", word[1]); say("FAIL", name "/" word[1], ""); counted++; failed[name]++ }
previous ~ /: Skipped$/ && line !~ /^\[/ { why = line }
{ previous = line }
/<\/testcase>/ {
  if (status == "run") { if (!counted) say("PASS", name, "") }
  else if (status == "skipped") say("SKIP", name, reason == "" ? "no reason given" : reason)
  else if (!(name in failed)) say("FAIL", name, counted ? "stopped before its end" : "")  # each failed case was said above
}
END { exit seen == 0 }
