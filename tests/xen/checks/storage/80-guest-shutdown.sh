# A guest that shuts down with an attached stick leaves no trace in dom0, and a new one can have it.
# timeout: 180
# only: pv

attach STICK1
old=$domid
# The agent cannot report the end of this one.
guest_start off "poweroff -f"
bedtool xswait 60 "/local/domain/$old/name" '' || fail "the guest did not go"
tries=$((50 * patience))
while xenstore-read "/local/domain/0/backend/$backend_kind/$old/0/state" 2>/dev/null; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "the controller's nodes are still there"
    sleep 0.1
done
attach STICK1
guest_reads STICK1 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick1 0 1048576)"
