# How fast something is read. Other work on the machine can only slow a read down, so the fastest of several
# counts.

# timed COMMAND...: runs what prints seconds ("1.234"); sets ms.
timed() {
    seconds=$("$@")
    ms=${seconds%.*}${seconds#*.}
    while [ "${ms#0}" != "$ms" ] && [ ${#ms} -gt 1 ]; do ms=${ms#0}; done
}

# faster OLD: sets best to the lesser of OLD (may be empty) and ms.
faster() {
    best=$1
    if [ -z "$best" ] || [ "$ms" -lt "$best" ]; then best=$ms; fi
}

# ratio_of MS_NATIVE MS_GUEST: sets ratio, how fast the guest is if natively is 1.
ratio_of() {
    ratio=$((1000 * $1 / $2))
    ratio=$((ratio / 1000)).$(printf %03d $((ratio % 1000)))
}

# rate MIB MS: sets rate to MiB/s with one decimal.
rate() { rate=$(($1 * 1000 / $2)).$(($1 * 10000 / $2 % 10)); }
