# The guest reads a whole stick of 64 MiB; the sha256 is that of the image.
# timeout: 240

attach STICK1
guest_reads STICK1 0 64
equal "sha256 of 64 MiB" "$sum" "$(host sha256 stick1 0 67108864)"
progress "64 MiB in $seconds s"
