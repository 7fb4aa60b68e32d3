# What goes wrong in a step. Its hint must be told, and the step not be passed.
# step: make
kubectl run web --image=sim.tabernetes.dev/web:v1
