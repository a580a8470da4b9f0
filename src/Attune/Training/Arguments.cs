using System.Text.Json;

namespace Attune.Training;

/// <summary>
/// Named settings of a schedule or an optimizer, as a recipe or a JSON file spells them. Each is read once by its name;
/// <see cref="Finish"/> then refuses what nobody read.
/// </summary>
public sealed class Arguments
{
    private readonly IReadOnlyDictionary<string, object?> values;
    private readonly HashSet<string> read = [];
    private readonly string place;

    /// <summary>Creates the settings.</summary>
    /// <param name="values">Numbers (any numeric type), booleans, strings, lists of numbers, or null: as if it were absent.</param>
    /// <param name="place">What is being set, for messages: <c>train.scheduler</c>.</param>
    public Arguments(IReadOnlyDictionary<string, object?> values, string place)
    {
        this.values = values;
        this.place = place;
    }

    /// <summary>No settings: everything at its default.</summary>
    /// <param name="place">What is being set, for messages.</param>
    public static Arguments None(string place) => new(new Dictionary<string, object?>(), place);

    /// <summary>The members of a JSON object.</summary>
    /// <param name="json">An object, or nothing (<see cref="JsonValueKind.Undefined"/>, <see cref="JsonValueKind.Null"/>).</param>
    /// <param name="place">What is being set, for messages.</param>
    /// <exception cref="AttuneException">The JSON is something else.</exception>
    public static Arguments FromJson(JsonElement json, string place)
    {
        if (json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return None(place);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new AttuneException(ExitCode.Usage, place, "must be an object of named values");
        }

        return new Arguments(json.EnumerateObject().ToDictionary(member => member.Name, member => Value(member.Value)), place);
    }

    /// <summary>The names that are set to a value.</summary>
    public IEnumerable<string> Names => values.Where(pair => pair.Value is not null).Select(pair => pair.Key);

    /// <summary>These settings with others laid over them.</summary>
    /// <param name="others">What wins where both have a name.</param>
    public Arguments With(IReadOnlyDictionary<string, object?> others)
    {
        var merged = new Dictionary<string, object?>(values);
        foreach ((string name, object? value) in others)
        {
            merged[name] = value;
        }

        return new Arguments(merged, place);
    }

    /// <summary>A number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="minimum">The least that is allowed.</param>
    /// <param name="maximum">The largest that is allowed.</param>
    /// <param name="exclusive">The bounds themselves are not allowed.</param>
    /// <returns>The number, or null where it is absent.</returns>
    /// <exception cref="AttuneException">It is no finite number or outside the bounds.</exception>
    public double? Number(string name, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity, bool exclusive = false)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        double number = ToNumber(name, value);
        if (number < minimum || number > maximum || exclusive && (number == minimum || number == maximum))
        {
            throw Wrong(name, $"must be {Bounds(minimum, maximum, exclusive)} (got {number})");
        }

        return number;
    }

    /// <summary>A whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="minimum">The least that is allowed.</param>
    /// <returns>The number, or null where it is absent.</returns>
    /// <exception cref="AttuneException">It is no whole number or too small.</exception>
    public long? Integer(string name, long minimum = 0)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number != Math.Floor(number) || number < minimum || number > 1L << 53)
        {
            throw Wrong(name, $"must be a whole number of at least {minimum} (got {number})");
        }

        return (long)number;
    }

    /// <summary>True or false.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent.</param>
    /// <exception cref="AttuneException">It is something else.</exception>
    public bool Flag(string name, bool absent) => Get(name) switch
    {
        null => absent,
        bool flag => flag,
        var other => throw Wrong(name, $"must be true or false (got {other})"),
    };

    /// <summary>One of a few words.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="allowed">What is allowed; the first is the default.</param>
    /// <exception cref="AttuneException">It is none of them.</exception>
    public string Word(string name, params ReadOnlySpan<string> allowed)
    {
        object? value = Get(name);
        if (value is null)
        {
            return allowed[0];
        }

        return value is string word && allowed.Contains(word) ? word
            : throw Wrong(name, $"must be one of {string.Join(", ", allowed)} (got {value})");
    }

    /// <summary>A list of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="count">How many there must be; 0: any number.</param>
    /// <returns>The numbers, null within for null, or null where the list is absent.</returns>
    /// <exception cref="AttuneException">It is something else.</exception>
    public IReadOnlyList<double?>? Numbers(string name, int count = 0)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value is string || value is not System.Collections.IEnumerable list)
        {
            throw Wrong(name, "must be a list of numbers");
        }

        double?[] numbers = [.. list.Cast<object?>().Select(item => item is null ? (double?)null : ToNumber(name, item))];
        return count == 0 || numbers.Length == count ? numbers : throw Wrong(name, $"must be a list of {count} numbers (got {numbers.Length})");
    }

    /// <summary>Refuses what nobody has read: to be called when all is read.</summary>
    /// <exception cref="AttuneException">There is a name that means nothing here.</exception>
    public void Finish()
    {
        foreach (string name in Names)
        {
            if (!read.Contains(name))
            {
                throw new AttuneException(ExitCode.Usage, place, $"\"{name}\" is not known here",
                    read.Count == 0 ? "nothing can be set here" : "known are " + string.Join(", ", read.Order()));
            }
        }
    }

    internal AttuneException Wrong(string name, string problem) => new(ExitCode.Usage, place, $"{name} {problem}");

    /// <summary>A JSON value as a setting.</summary>
    internal static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Array => json.EnumerateArray().Select(Value).ToList(),
        _ => json.GetRawText(),
    };

    private static string Bounds(double minimum, double maximum, bool exclusive)
    {
        string least = double.IsInfinity(minimum) ? "" : exclusive ? $"greater than {minimum}" : $"at least {minimum}";
        string most = double.IsInfinity(maximum) ? "" : exclusive ? $"less than {maximum}" : $"at most {maximum}";
        return least.Length > 0 && most.Length > 0 ? $"{least} and {most}" : least + most;
    }

    private object? Get(string name)
    {
        read.Add(name);
        return values.GetValueOrDefault(name);
    }

    private double ToNumber(string name, object value)
    {
        double number = value switch
        {
            double or float or int or long or decimal or short or byte or uint or ulong => Convert.ToDouble(value),
            _ => throw Wrong(name, $"must be a number (got {value})"),
        };
        return double.IsFinite(number) ? number : throw Wrong(name, $"must be a finite number (got {number})");
    }
}
