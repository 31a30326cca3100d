# Sourced by the guest's init: loads the frontend of this run.
. /bed/leaks.sh
leaks_by_hand
for module in /bed/modules/xen-*.ko; do insmod "$module"; done
