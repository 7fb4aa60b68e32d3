# step: refused
kubectl drain node-1 --disable-eviction
