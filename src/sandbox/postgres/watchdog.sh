# Clears away one ephemeral PostgreSQL: stops its server and removes its folder ($1).
#
# Standard input is a pipe whose other end the harness holds. It says nothing; that it closes is the
# signal, and it closes however the harness ends. With /dev/null as input the work begins at once.

trap '' HUP INT TERM # the harness decides, not the terminal
home=$1
data=$home/server/data

read -r _

# A number in a file may be anybody's by now: only the process that serves this very folder counts.
# A zombie has no arguments left, so it counts as gone.
serves_this_folder() {
    if [ -d /proc/self ]; then
        tr '\0' '\n' <"/proc/$1/cmdline" | grep -qxF -- "$data"
    else
        ps -ww -o args= -p "$1" | grep -qF -- "$data"
    fi
}

# Fast, then immediate, then by force: nobody will read this data again.
stop_server() {
    [ -r "$data/postmaster.pid" ] && read -r pid <"$data/postmaster.pid"
    case $pid in '' | *[!0-9]*) return ;; esac
    for signal in INT QUIT KILL; do
        serves_this_folder "$pid" || return
        kill -s "$signal" "$pid"
        polls=0
        while serves_this_folder "$pid" && [ "$polls" -lt 100 ]; do
            sleep 0.03
            polls=$((polls + 1))
        done
    done
}

# More than once, because an `initdb` that lost its parent may still be writing.
rounds=0
while [ -e "$home" ] && [ "$rounds" -lt 50 ]; do
    pid=
    stop_server
    rm -rf -- "$home" || sleep 0.1
    rounds=$((rounds + 1))
done
[ ! -e "$home" ]
