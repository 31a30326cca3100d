# Functions for the commands that checks run in the guest.
export PATH=/bin:/sbin
. /bed/usb.sh
. /bed/usbtest.sh
