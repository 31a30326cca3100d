# xHCI (QEMU): what it does with an endpoint's queue when URBs end, fail and are unlinked.
# timeout: 150

host "redir plug"
probe_up REDIR 0105
probe sequence 50
no_violation runs
probe order 100 short
no_violation raced
probe order 100 babble
no_violation raced
# Linux gives an URB that stalled back only when the endpoint has been reset, and an unlinked one may come first.
probe order 100 halt
tells raced
# What is behind a short packet or an error moves on. A device that has its data ready needs no time for that;
# after errors QEMU needs some, to take back what it has asked for ahead.
host "redir in1 hold 0"
probe stop 50 short
tells tried
host "redir in1 hold 200"
probe stop 50 fail $retries
tells tried
probe stop 50 babble
tells tried
probe stop 50 halt
no_violation tried
probe length-in 25
equal "violations ($result)" "$(counted violations)" 0
host "redir unplug"
# A disk that stops in the middle of an URB of 192 KiB.
host "plug stick4"
probe_disk STICK4
probe length-disk 10
no_violation partial
