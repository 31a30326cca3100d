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

# rate MIB MS: sets rate to MiB/s with one decimal.
rate() { rate=$(($1 * 1000 / $2)).$(($1 * 10000 / $2 % 10)); }
