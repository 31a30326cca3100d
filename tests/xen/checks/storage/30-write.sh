# The guest writes 16 MiB; after power-off they stand in the image.
# timeout: 180

attach STICK2
read -r sum seconds <<END
$(guest 90 "disk_of STICK2 && bedtool stick write \$disk 4 16 54321")
END
equal "the length of the guest's sha256" "${#sum}" 64
host "verify stick2 4194304 16777216 $sum"
progress "16 MiB in $seconds s"
