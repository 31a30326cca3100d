# A serial adapter (FTDI) sends 32 KiB and receives them.
# timeout: 120
# programs: devices

plugged serial SERIAL
used SERIAL 60 "line_of SERIAL ftdi_sio '*:*/ttyUSB*' raw 32768"
unplugged
