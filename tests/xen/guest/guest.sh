# Sourced by the guest's init: loads the frontend of this run.
for module in /bed/modules/xen-*.ko; do insmod "$module"; done
