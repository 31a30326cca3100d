# A smart card in its reader (CCID): pcscd and OpenSC find it, and it answers a command.
# timeout: 120
# programs: devices

plugged ccid CCID
used CCID 60 "card_reader CCID"
unplugged
