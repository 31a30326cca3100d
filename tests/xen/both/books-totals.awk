# Two files of bedtool's books, before and after, as one line of totals by kind: KIND BEFORE -> AFTER, ...
BEGIN {
    kinds = split("grants|mapped grants|event channels|event handlers|nodes|watches|USB devices|threads|objects|vmalloc pages|pages", kind, "|")
}
FNR == 1 { file++ }
{
    value = $2
    $1 = $2 = ""
    name = substr($0, 3)
    if (name == "grants") k = "grants"
    else if (name ~ /^mapped grants/) k = "mapped grants"
    else if (name ~ /event channels /) k = "event channels"
    else if (name ~ /^event handlers/) k = "event handlers"
    else if (name ~ /^node /) k = "nodes"
    else if (name ~ /^watches/) k = "watches"
    else if (name ~ /^USB device/) k = "USB devices"
    else if (name ~ /^threads/) k = "threads"
    else if (name ~ /^objects/) k = "objects"
    else if (name ~ /^vmalloc pages/) k = "vmalloc pages"
    else if (name ~ /^pages/) k = "pages"
    else next
    sum[file, k] += value
    seen[k] = 1
}
END {
    for (i = 1; i <= kinds; i++)
        if (kind[i] in seen) {
            printf "%s%s %d -> %d", separator, kind[i], sum[1, kind[i]], sum[2, kind[i]]
            separator = ", "
        }
    print ""
}
