# Functions for the commands that checks run in the guest.
export PATH=/bin:/sbin:/usr/bin
. /bed/usb.sh
. /bed/usbtest.sh
. /bed/drivers.sh
. /bed/devices.sh
. /bed/leaks.sh
# In dom0, which does the guest's part where there is none, these stand apart.
guest_files=/bed
if [ -d /bed/guest ]; then guest_files=/bed/guest; fi
. $guest_files/load.sh
. $guest_files/churn.sh
. $guest_files/hostile.sh
