# step: back
kubectl patch deployment shop --patch '{"spec":{"progressDeadlineSeconds":600}}'
