# step: switch
kubectl patch service tickets --patch '{"spec":{"selector":{"track":"gren"}}}'
