# The log of scripts/soak as a table: how often each check did its cycle, how
# long it took, what came of it, and dom0's books before and after.
function row(name, seconds, result,    i) {
    rows++
    check[rows] = name
    times[rows] = name in cycles ? cycles[name] : "-"
    minutes[rows] = sprintf("%.1f", seconds / 60)
    came[rows] = result
    for (i = 1; i <= kinds; i++) {
        before[rows, i] = (name, i) in first ? first[name, i] : "-"
        after[rows, i] = (name, i) in last ? last[name, i] : "-"
        delete first[name, i]
        delete last[name, i]
    }
    delete cycles[name]
}
BEGIN {
    # As both/books-totals.awk calls them, and as the table does.
    kinds = split("grants|mapped grants|event channels|event handlers|nodes|watches|USB devices|threads|objects|vmalloc pages|pages", kind, "|")
    split("grants|mapped|channels|handlers|nodes|watches|USB|threads|objects|vmalloc|pages", head, "|")
}
# soak: NAME...: N cycles each
/^soak: .*: [0-9]+ cycles each$/ {
    for (i = 2; i <= NF - 3; i++) {
        name = $i
        sub(/:$/, "", name)
        asked[name] = $(NF - 2)
    }
}
# [SECONDS] BOOT: CHECK: BOOKS dom0, N cycles: KIND BEFORE -> AFTER, ...
/: BOOKS dom0, [0-9]+ cycles: / {
    name = $0
    sub(/: BOOKS dom0, .*/, "", name)
    sub(/.*: /, "", name)
    text = $0
    sub(/.*: BOOKS dom0, [0-9]+ cycles: /, "", text)
    n = split(text, part, ", ")
    for (i = 1; i <= kinds; i++)
        for (j = 1; j <= n; j++)
            if (match(part[j], / -?[0-9]+ -> -?[0-9]+$/) && substr(part[j], 1, RSTART - 1) == kind[i]) {
                split(substr(part[j], RSTART + 1), value, " -> ")
                first[name, i] = value[1]
                last[name, i] = value[2]
            }
}
# [SECONDS] BOOT: CHECK: N cycles
/^\[.*: [0-9]+ cycles$/ {
    name = $(NF - 2)
    sub(/:$/, "", name)
    cycles[name] = $(NF - 1)
}
# PASS NAME (SECONDS s)
/^PASS / {
    if ($2 in asked) cycles[$2] = asked[$2]
    seconds = $3
    sub(/^\(/, "", seconds)
    row($2, seconds, "PASS")
}
# FAIL NAME: REASON (SECONDS s, logs: DIRECTORY)
/^FAIL / {
    name = $2
    sub(/:$/, "", name)
    seconds = 0
    if (match($0, /\([0-9.]+ s, logs: [^(]*\)$/)) seconds = substr($0, RSTART + 1) + 0
    row(name, seconds, "FAIL")
}
function line(name, number, time, result, when,    text) {
    text = sprintf("%-" width "s  %6s %7s  %-6s  %-6s", name, number, time, result, when)
    if (!when) sub(/ +$/, "", text)
    printf "%s", text
}
END {
    if (!rows) exit
    width = 16
    for (r = 1; r <= rows; r++) if (length(check[r]) > width) width = length(check[r])
    line("check", "cycles", "minutes", "result", "dom0")
    for (i = 1; i <= kinds; i++) printf " %8s", head[i]
    print ""
    for (r = 1; r <= rows; r++) {
        booked = 0
        for (i = 1; i <= kinds; i++) if (before[r, i] != "-") booked = 1
        line(check[r], times[r], minutes[r], came[r], booked ? "before" : "")
        for (i = 1; i <= kinds && booked; i++) printf " %8s", before[r, i]
        print ""
        if (!booked) continue
        line("", "", "", "", "after")
        for (i = 1; i <= kinds; i++) printf " %8s", after[r, i]
        print ""
    }
}
