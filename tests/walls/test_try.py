import time
def test_it(world):
    for town in world.towns.values(): print(town.name, town.ids)
