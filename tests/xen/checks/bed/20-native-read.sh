# dom0 itself reads a stick correctly and verifiably writes another (the bed's own devices work).
# timeout: 180

dom0_reads STICK1 0 64
equal "sha256 of 64 MiB" "$sum" "$(host sha256 stick1 0 67108864)"
progress "64 MiB natively in $seconds s"

disk_of STICK2
read -r sum seconds <<END
$(bedtool stick write "$disk" 4 16 12345)
END
host "verify stick2 4194304 16777216 $sum"
progress "16 MiB written in $seconds s"
