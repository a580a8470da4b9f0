namespace Attune.Text.ChatTemplates;

/// <summary>Names and their values; what a scope does not hold is looked up in the one around it.</summary>
internal sealed class Scope(Scope? outer)
{
    // Few names in most scopes, and a new scope for every turn of a loop: lists are smaller than a dictionary, and faster up to this many.
    private const int ListedNames = 16;

    private string[] names = [];
    private Value[] values = [];
    private int count;
    private Dictionary<string, int>? places;

    private Scope? Outer { get; } = outer;

    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.Place(name) is int place and >= 0)
            {
                return scope.values[place];
            }
        }

        return null;
    }

    public void Set(string name, Value value)
    {
        int place = Place(name);
        if (place >= 0)
        {
            values[place] = value;
            return;
        }

        if (count == names.Length)
        {
            Array.Resize(ref names, Math.Max(2, 2 * count));
            Array.Resize(ref values, names.Length);
        }

        (names[count], values[count]) = (name, value);
        places?.Add(name, count);
        count++;
        if (count > ListedNames && places is null)
        {
            places = [];
            for (int i = 0; i < count; i++)
            {
                places.Add(names[i], i);
            }
        }
    }

    private int Place(string name)
    {
        if (places is not null)
        {
            return places.GetValueOrDefault(name, -1);
        }

        for (int i = 0; i < count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
