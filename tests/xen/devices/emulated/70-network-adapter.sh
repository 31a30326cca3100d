# A network adapter (CDC Ethernet) sends 256 frames of all sizes and receives them.
# timeout: 120
# programs: devices

plugged net NET
used NET 60 "frames_of NET cdc_ether 256"
unplugged
