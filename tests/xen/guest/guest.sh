# Sourced by the guest's init: loads what this run brought along. A missing module is no error here; the
# checks that need one say so.
for module in /bed/modules/*.ko; do
    if [ -e "$module" ]; then insmod "$module"; fi
done
