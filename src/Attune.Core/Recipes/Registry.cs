using System.Globalization;
using System.Reflection;

namespace Attune.Recipes;

/// <summary>Finds what recipes may name.</summary>
public static class Registry
{
    /// <summary>Finds the classes of one kind.</summary>
    /// <typeparam name="T">What the classes are.</typeparam>
    /// <typeparam name="TAttribute">The attribute that they carry.</typeparam>
    /// <param name="kind">What messages call them: <c>tuning method</c>.</param>
    /// <param name="assemblies">Where to look: the product's, and whoever adds to it.</param>
    /// <exception cref="InvalidOperationException">A mistake in the code: two classes of one name, or a class that is no <typeparamref name="T"/>.</exception>
    public static Registry<T> Scan<T, TAttribute>(string kind, params IEnumerable<Assembly> assemblies)
        where T : class
        where TAttribute : RegisteredAttribute
    {
        Dictionary<string, Type> types = new(StringComparer.Ordinal);
        foreach (Type type in assemblies.Distinct().SelectMany(assembly => assembly.GetTypes()))
        {
            foreach (TAttribute attribute in type.GetCustomAttributes<TAttribute>(inherit: false))
            {
                if (type.IsAbstract || !type.IsAssignableTo(typeof(T)))
                {
                    throw new InvalidOperationException($"{type} is called a {kind}, but is no {typeof(T).Name} that can be made");
                }

                if (!types.TryAdd(attribute.Name, type))
                {
                    throw new InvalidOperationException($"{type} and {types[attribute.Name]} are both called the {kind} {attribute.Name}");
                }
            }
        }

        return new Registry<T>(kind, types);
    }
}

/// <summary>
/// What recipes may name of one kind: the classes that carry an attribute with their short name. Found once by
/// <see cref="Registry.Scan{T, TAttribute}"/>, closed after that. A new family, method or task is one file with its attribute.
/// </summary>
/// <typeparam name="T">What the classes are.</typeparam>
public sealed class Registry<T>
    where T : class
{
    private readonly string kind;
    private readonly Dictionary<string, Type> types;

    internal Registry(string kind, Dictionary<string, Type> types)
    {
        this.kind = kind;
        this.types = types;
        Names = [.. types.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The names, in alphabetical order.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>The class with a name.</summary>
    /// <param name="name">The short name.</param>
    /// <exception cref="AttuneException">There is none of this name; the nearest is suggested.</exception>
    public Type this[string name] => types.TryGetValue(name, out Type? type) ? type
        : throw new AttuneException(ExitCode.Usage, null, $"there is no {kind} {name}", NearestName.Hint(name, Names));

    /// <summary>Whether there is a class of this name.</summary>
    /// <param name="name">The short name.</param>
    public bool Contains(string name) => types.ContainsKey(name);

    /// <summary>Makes one.</summary>
    /// <param name="name">The short name.</param>
    /// <param name="arguments">Its constructor's.</param>
    /// <exception cref="AttuneException">There is none of this name; the nearest is suggested.</exception>
    public T Create(string name, params object?[] arguments)
    {
        const BindingFlags constructors = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions;
        return (T)Activator.CreateInstance(this[name], constructors, null, arguments, CultureInfo.InvariantCulture)!;
    }
}
