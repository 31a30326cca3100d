# A kernel without an operating system enumerates a stick and reads it whole: the sha256 is that of the image.
# timeout: 180
# only: ours, qusb+ours

plug_into STICK2
says 20 'device 46f4:0001'
says 60 'sha256'
equal "sha256 of 32 MiB" "${line##* }" "$(host sha256 stick2 0 33554432)"
says 5 'MB/s'
host "figure SPEED $line"
