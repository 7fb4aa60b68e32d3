# step: correct
kubectl annotate rs --all kubernetes.io/change-cause="version 2: search"
