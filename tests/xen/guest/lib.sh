# Functions for the commands that checks run in the guest.
export PATH=/bin:/sbin:/usr/bin
. /bed/usb.sh
. /bed/usbtest.sh
. /bed/drivers.sh
. /bed/load.sh
. /bed/churn.sh
