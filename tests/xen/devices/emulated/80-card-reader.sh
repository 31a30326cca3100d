# A smart card reader (CCID): pcscd and OpenSC find it and its empty slot.
# timeout: 120
# programs: devices

plugged ccid CCID
used CCID 60 "card_reader CCID"
unplugged
