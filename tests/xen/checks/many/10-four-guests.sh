# Four guests at once, each with a controller and a stick: every octet is right, and all come on evenly.
# timeout: 300
# only: ours

host "plug stick5"
host "plug stick6"
set -- STICK1 STICK2 STICK5 STICK6
guests_up "$@"

for domid in $domids; do
    guest_start read "disk_of $1 && bedtool stick read \$disk 0 8"
    shift
done
set -- stick1 stick2 stick5 stick6
for domid in $domids; do
    read -r sum _ <<END
$(guest_wait read 120)
END
    equal "sha256 of 8 MiB of $1" "$sum" "$(host sha256 "$1" 0 8388608)"
    shift
done

# Nobody is done first here: each reads as much as it can in the same time.
set -- STICK1 STICK2 STICK5 STICK6
for domid in $domids; do
    busy_start busy disk "$1" 15
    shift
done
least='' most=0
for domid in $domids; do
    busy_end busy
    progress "domain $domid: $amount KiB, longest command $longest ms"
    if [ -z "$least" ] || [ "$amount" -lt "$least" ]; then least=$amount; fi
    if [ "$amount" -gt "$most" ]; then most=$amount; fi
done
at_least "the slowest guest against the fastest" "$least" "$most" 33
