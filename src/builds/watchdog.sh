# Ends the process group $1 as soon as standard input is closed, which the kernel does however the other end
# dies: first kindly, and after 5 s for good.
read -r _
kill -s TERM -- "-$1" 2>/dev/null || exit 0
tries=0
while [ "$tries" -lt 50 ]; do
    kill -s 0 -- "-$1" 2>/dev/null || exit 0
    sleep 0.1
    tries=$((tries + 1))
done
kill -s KILL -- "-$1" 2>/dev/null
exit 0
