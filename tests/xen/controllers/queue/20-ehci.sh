# EHCI (QEMU): what it does with an endpoint's queue when URBs end, fail and are unlinked.
# timeout: 150
# machine: ehci

host "redir plug"
probe_up REDIR 0105
probe sequence 50
no_violation runs
for how in short babble halt; do
    probe order 100 $how
    no_violation raced
done
# QEMU asks the device for all queued URBs ahead and takes back those that EHCI stops: it needs a moment for that.
host "redir in1 hold 200"
for how in short "fail $retries" babble halt; do
    # shellcheck disable=SC2086 # two words
    probe stop 50 $how
    no_violation tried
done
# An OUT qTD of QEMU's EHCI has 20 KiB, and is executed wholly or not at all.
for length in 0 20480 40960; do
    host "redir log out1" >/dev/null
    probe length-out 1 to $length
    continuous "$(host "redir log out1")" $length
done
host "redir unplug"
# A disk that stops in the middle of an URB of 192 KiB, and of a qTD: QEMU's EHCI reports whole qTDs only.
host "plug stick4"
probe_disk STICK4
probe length-disk 10
tells partial
