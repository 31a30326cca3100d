# What Xen's own tools tell about domains, as lines of bedtool's books: RULE VALUE NAME. Input: sections that begin
# with "== KIND". Numbers of domains become their names: a guest that was started again has another number.

function count(name) { counts[name]++ }
function domain(id) { return id in names ? names[id] : "of no domain" }

# A path in xenstore without what differs from one start of a guest to the next.
function plain(path,    parts, n, i, text) {
    n = split(path, parts, "/")
    text = ""
    for (i = 2; i <= n; i++) {
        if (parts[i] ~ /^[0-9]+$/ && (parts[i - 1] == "domain" || parts[i - 1] == "libxl" || parts[i - 2] == "backend"))
            parts[i] = domain(parts[i])
        if (parts[i] ~ /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/)
            parts[i] = "UUID"
        text = text "/" parts[i]
    }
    return text
}

$1 == "==" { section = $2; owner = $3; next }

section == "domains" && $2 ~ /^[0-9]+$/ { names[$2] = $1; count("domain " $1) }

section == "channels" && /Interdomain/ { sub(/.*Remote Domain /, ""); sub(/,.*/, ""); count("event channels of " domain(owner) " to " domain($1)); next }
section == "channels" && /waiting for connection/ { sub(/.*Remote Domain */, ""); count("event channels of " domain(owner) " open to " domain($1 + 0)); next }
section == "channels" { count("other event channels of " domain(owner)) }

# Only the last report counts; an entry is listed while somebody has mapped it.
section == "grants" && /key 'g' pressed/ { for (g in grants) delete grants[g] }
section == "grants" && /grant-table for remote/ { sub(/.* d/, ""); grantor = $1 + 0 }
section == "grants" && /\[0x[0-9a-f]+\]/ { grants[grantor]++ }
section == "grants" && /\] done/ { reported = 1 }

# What the test bed itself says to the guest's agent.
section == "store" && / = / && !/\/data\/bed\// { count("node " plain($1)) }

section == "watches" && /struct watch/ { count("watches in xenstore") }

END {
    if (!reported) { print "no report about grants" >"/dev/stderr"; exit 1 }
    for (g in grants) print "= " grants[g] " mapped grants of " domain(g)
    for (c in counts) print "= " counts[c] " " c
}
