# 1000 isochronous packets a second arrive in order, without a gap; those that fail are reported.
# timeout: 180

# try_stream COMMAND: an emulated machine may pause for longer than any buffer lasts, so a gap may be its own.
try_stream() {
    for try in 1 2 3 4 5; do
        if "$@" >/tmp/outcome 2>&1; then return 0; fi
        cat /tmp/outcome
    done
    ended "$1" 1
}
# Packets that fail do so in the middle of the stream: QEMU shows nothing of the first ones.
failures() { host "redir reset" && host "redir iso fail $1 500"; }
# again COMMAND...: as often as workloads are repeated.
again() { for _ in $(seq "$repeat"); do "$@"; done; }
natively() { failures "$1" && bedtool iso "$(usb_node)" in 1000 "$1"; }
in_the_guest() { failures "$1" && guest 30 "usb_wait REDIR && bedtool iso \$(usb_node) in 1000 $1"; }

outside_up
again try_stream natively 0
again try_stream natively 3
attach REDIR
again try_stream in_the_guest 0
again try_stream in_the_guest 3
detach REDIR
outside_down
